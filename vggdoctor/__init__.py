"""vggdoctor: why is my VGG16 underperforming?"""

__version__ = "0.1.0"
