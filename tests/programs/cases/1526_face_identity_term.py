import numpy as np
import torch


def cosine_similarity_between_images(image1, image2, face_analysis_func):
    emb1 = face_analysis_func(image1)
    emb2 = face_analysis_func(image2)
    return np.dot(emb1, emb2) / (np.linalg.norm(emb1) * np.linalg.norm(emb2))


def to_numpy(batch):
    return [(img.detach().cpu().permute(1, 2, 0).numpy() * 255).astype(np.uint8) for img in batch]


def arcface_loss(input_images, gen_images, face_analysis_func):
    pairs = zip(to_numpy(gen_images), to_numpy(input_images))
    scores = [cosine_similarity_between_images(g, i, face_analysis_func) for g, i in pairs]
    arcface_scores = torch.tensor(scores, dtype=torch.float32)
    loss = 1.0 - torch.abs(arcface_scores.mean())
    return loss
