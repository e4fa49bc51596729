"""Works out repairs on the user's own text, and tries them."""

from vggdoctor.fixing.patch import Patch, write
from vggdoctor.fixing.planning import plan

__all__ = ["Patch", "plan", "write"]
