"""Works out repairs on the user's own text, and tries them."""

from vggdoctor.fixing.patch import Patch, difference, write
from vggdoctor.fixing.planning import paths_of, plan
from vggdoctor.fixing.verify import Candidate, Rerun, Samples, gain_of, verify, verify_all

__all__ = ["Candidate", "Patch", "Rerun", "Samples", "difference", "gain_of", "paths_of", "plan", "verify", "verify_all", "write"]
