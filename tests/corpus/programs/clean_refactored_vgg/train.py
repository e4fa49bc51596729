from tensorflow.keras.callbacks import EarlyStopping, ReduceLROnPlateau

from config import CFG
from data import make_generators
from model import Classifier


def main():
    train, val, test = make_generators(CFG)
    clf = Classifier(CFG)
    clf.compile(CFG.learning_rate)
    clf.model.fit(train, validation_data=val, epochs=CFG.epochs, callbacks=[
        EarlyStopping(monitor="val_loss", patience=6, restore_best_weights=True),
        ReduceLROnPlateau(monitor="val_loss", factor=0.3, patience=2),
    ])
    clf.unfreeze()
    clf.compile(1e-5)
    clf.model.fit(train, validation_data=val, epochs=10, callbacks=[
        EarlyStopping(monitor="val_loss", patience=3, restore_best_weights=True)])
    print(clf.model.evaluate(test))


if __name__ == "__main__":
    main()
