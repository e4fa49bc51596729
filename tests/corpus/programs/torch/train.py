import torch, torchvision
from torchvision import transforms, models

tf = transforms.Compose([transforms.Resize((224, 224)), transforms.ToTensor()])
ds = torchvision.datasets.ImageFolder('data/train', tf)
dl = torch.utils.data.DataLoader(ds, batch_size=32)
net = models.vgg16(pretrained=True)
for p in net.features.parameters():
    p.requires_grad = False
net.classifier[6] = torch.nn.Linear(4096, 2)
opt = torch.optim.SGD(net.classifier.parameters(), lr=0.1)
for e in range(3):
    for x, y in dl:
        opt.zero_grad()
        loss = torch.nn.functional.cross_entropy(net(x), y)
        loss.backward()
        opt.step()
