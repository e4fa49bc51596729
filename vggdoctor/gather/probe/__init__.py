"""Short experiments on the user's live model and data, inside the child process that captured them."""

from vggdoctor.gather.probe.plan import probe

__all__ = ["probe"]
