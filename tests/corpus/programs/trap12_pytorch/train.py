import torch
from torch import nn, optim
from torchvision import datasets, models, transforms

tf = transforms.Compose([transforms.Resize((224, 224)), transforms.ToTensor()])
data = datasets.ImageFolder('data/train', tf)
loader = torch.utils.data.DataLoader(data, batch_size=32, shuffle=True)
model = models.vgg16(weights='IMAGENET1K_V1')
model.classifier[6] = nn.Linear(4096, len(data.classes))
opt = optim.Adam(model.parameters(), lr=1e-3)
loss_fn = nn.CrossEntropyLoss()
for epoch in range(10):
    for x, y in loader:
        opt.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        opt.step()
