"""vggdoctor: why is my VGG16 underperforming?"""
