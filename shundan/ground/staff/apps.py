from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "shundan.ground.staff"
    label = "staff"

    def ready(self) -> None:
        """Connect the account packages' signals, and refuse to start with a view that names no right."""
        from django.core.checks import register

        from shundan.ground.staff.logins.accounts import journal_logins
        from shundan.ground.staff.logins.checking import every_view_names_a_right

        journal_logins()
        register(every_view_names_a_right)
