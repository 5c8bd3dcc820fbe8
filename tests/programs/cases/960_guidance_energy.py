import torch


@torch.inference_mode()
def denoise(model, latent, sigma):
    eps = model(latent)
    return latent - sigma * eps


def guidance_loss(latent, model, sigma, classifier, label):
    clean = denoise(model, latent, sigma)
    logits = classifier(clean)
    return torch.nn.functional.cross_entropy(logits, label)
