"""What the domain refuses.

DomainError
├── AccountError           about the account of one work number
│   ├── UnknownAccount
│   ├── WrongPassword
│   ├── AccountLocked
│   ├── ChangedTooRecently
│   └── PasswordRefused    the new password breaks a rule
├── InspectionError        about user groups and who inspects whom
│   ├── UnknownGroup
│   ├── UnknownMember      an agent that the VDN does not have
│   ├── NoGroupName
│   ├── GroupNameTaken
│   └── NotInspectors      the group is not one of inspectors
└── UnknownCustomer        a contact of somebody whom the VDN does not know
"""

from __future__ import annotations

from enum import StrEnum


class PasswordRule(StrEnum):
    """The rules for a new password (CEC 6.1.1.16)."""

    LENGTH = "length"
    REPEATED_CHARACTER = "repeated_character"
    PART_OF_WORK_NO = "part_of_work_no"
    CHARACTER_CLASSES = "character_classes"
    RECENTLY_USED = "recently_used"


class DomainError(Exception):
    """Base of what the domain refuses."""


class AccountError(DomainError):
    """Something about the account of a work number."""

    def __init__(self, work_no: int, message: str) -> None:
        super().__init__(f"account of agent {work_no}: {message}")
        self.work_no = work_no


class UnknownAccount(AccountError):
    """No agent has this work number."""

    def __init__(self, work_no: int) -> None:
        super().__init__(work_no, "there is none")


class WrongPassword(AccountError):
    """The password is wrong; with no attempts left the account is locked from now on."""

    def __init__(self, work_no: int, attempts_left: int) -> None:
        super().__init__(work_no, f"wrong password, {attempts_left} attempts left")
        self.attempts_left = attempts_left


class AccountLocked(AccountError):
    """Locked after wrong passwords until an instant in microseconds of domain time."""

    def __init__(self, work_no: int, until: int) -> None:
        super().__init__(work_no, "locked after wrong passwords")
        self.until = until


class ChangedTooRecently(AccountError):
    """The last change is too recent for another before `until` (microseconds)."""

    def __init__(self, work_no: int, until: int) -> None:
        super().__init__(work_no, "the password was changed a short while ago")
        self.until = until


class PasswordRefused(AccountError):
    """The new password breaks this rule."""

    def __init__(self, work_no: int, rule: PasswordRule) -> None:
        super().__init__(work_no, f"the new password breaks the rule {rule}")
        self.rule = rule


class InspectionError(DomainError):
    """Something about user groups, or who inspects whom."""


class UnknownGroup(InspectionError):
    """The VDN has no such group."""


class UnknownMember(InspectionError):
    """The VDN has no such agent."""


class NoGroupName(InspectionError):
    """A group needs a name."""


class GroupNameTaken(InspectionError):
    """Another group of the VDN has that name."""


class NotInspectors(InspectionError):
    """Only groups of inspectors inspect others."""


class UnknownCustomer(DomainError):
    """The tenant has no customer with this id."""

    def __init__(self, customer: str) -> None:
        super().__init__(f"there is no customer {customer}")
        self.customer = customer
