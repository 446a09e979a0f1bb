"""`UltraCRM_ATClient.asmx`: what a softphone does (chapter 3). Importing it declares it all."""

from emulator.surfaces.ultracrm.softphone import calls, information, ivr, messages, states

__all__ = ["calls", "information", "ivr", "messages", "states"]
