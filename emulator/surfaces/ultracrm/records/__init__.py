"""`UltraCRM_Webservice.asmx`: what is on record (chapter 4). Importing it declares it all."""

from emulator.surfaces.ultracrm.records import agents, boxes, calls, groups, people

__all__ = ["agents", "boxes", "calls", "groups", "people"]
