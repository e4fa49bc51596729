"""Runs the user's own script in a child process up to fit, and records what the live objects are.

The parent's side: request, entry, scratch, supervise, parent. The child's: boot, guard, landlock, child and what that imports.
"""

from vggdoctor.gather.capture.parent import capture
from vggdoctor.gather.capture.request import Captured, CaptureRequest

__all__ = ["CaptureRequest", "Captured", "capture"]
