"""Uncall: a calling system of 2013 on a PHP server, by SOAP (`/uncall_services_api/index.php`).

`mapping` says what the reference's words mean in the call center.
"""
