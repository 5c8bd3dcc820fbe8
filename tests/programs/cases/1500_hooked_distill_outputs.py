import torch
import torch.nn as nn
import torch.nn.functional as F


class Distill(nn.Module):
    def __init__(self, students, teachers, pairs):
        super().__init__()
        self._student_models = nn.ModuleList(students)
        self._tea_models = nn.ModuleList(teachers)
        self.pairs = pairs
        for teacher in self._tea_models:
            teacher.eval()
        self.stu_outs_dict, self.tea_outs_dict = {}, {}

    def prepare_outputs(self, outs, kind):
        found = getattr(self, f"{kind}_outs_dict")
        for idx, out in enumerate(outs):
            found[f"hidden_{idx}"] = out
        return found

    def forward(self, inputs):
        stu_batch_outs = [model(inputs) for model in self._student_models]
        with torch.no_grad():
            tea_batch_outs = [model(inputs) for model in self._tea_models]
        if not self._student_models.training:
            stu_batch_outs = [i.detach() for i in stu_batch_outs]
        stu = self.prepare_outputs(stu_batch_outs, "stu")
        tea = self.prepare_outputs(tea_batch_outs, "tea")
        distill_loss = 0.0
        for sidx, tidx in self.pairs:
            distill_loss += F.mse_loss(stu[f"hidden_{sidx}"], tea[f"hidden_{tidx}"])
        return distill_loss
