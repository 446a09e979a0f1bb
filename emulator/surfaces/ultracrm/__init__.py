"""UltraCRM: a softphone and a records service of 2013, by SOAP.

`/UltraCRM_ATClient.asmx` (chapter 3) and `/UltraCRM_Webservice.asmx` (chapter 4). `mapping` says
what the reference's words mean in the call center.
"""
