"""What the SOAP doors share: contracts, reading and writing messages, WSDL, and the door itself.

A service is declared once, as a `Service` with its operations, and opened for a platform as a
`SoapDoor`. spyne reads the messages; what is not the business of one documented service is here.
"""
