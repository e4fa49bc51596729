"""Works out repairs on the user's own text, and tries them."""

from vggdoctor.fixing.comparison import Grid, compare
from vggdoctor.fixing.patch import Patch, difference, write
from vggdoctor.fixing.planning import paths_of, plan
from vggdoctor.fixing.verify import Candidate, Run, by_reading, by_running

__all__ = ["Candidate", "Grid", "Patch", "Run", "by_reading", "by_running", "compare", "difference", "paths_of", "plan", "write"]
