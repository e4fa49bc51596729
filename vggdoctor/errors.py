"""What goes wrong, by kind. Anything else that is raised is a defect of the tool itself."""


class VggDoctorError(Exception):
    """Base of the errors that the command line shows as one line."""


class InputError(VggDoctorError):
    """The path, an option or a configuration cannot be used (exit code 2)."""


class PluginError(VggDoctorError):
    """A check that came through the entry points cannot be loaded or breaks the rules for checks."""


class RepairError(VggDoctorError):
    """A repair cannot be worked out on the text at hand (the call is not there, the result does not parse ...)."""
