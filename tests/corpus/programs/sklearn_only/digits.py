from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import classification_report
from sklearn.model_selection import train_test_split

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X / 255.0, y, random_state=0)
clf = RandomForestClassifier(300).fit(X_train, y_train)
print(classification_report(y_test, clf.predict(X_test)))
