from classifier import Network, make_data

if __name__ == "__main__":
    Network(12).train(make_data(), make_data("val"), epochs=9)
