"""Trains models in PyTorch, on one device or on many: `python -m trm.torch.train --help`."""
