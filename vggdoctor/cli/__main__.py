import sys

from vggdoctor.cli import main

sys.exit(main())
