"""Examines live objects in the process that holds them: no child, no source, nothing instrumented."""

from vggdoctor.gather.inprocess.examine import LiveFit, examine

__all__ = ["LiveFit", "examine"]
