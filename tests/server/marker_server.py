from chainrule.findings import *
from chainrule_server.factory import create_server
import re, os, sys
import logging
class Marker:
    def analyze(self, text, path="<string>"):
        out=[]
        for n, line in enumerate(re.split(r"\r\n|\r|\n", text),1):
            for m in re.finditer(r"\bargmax\b", line):
                r=Range(Position(n,m.start()+1),Position(n,m.end()+1))
                out.append(Finding("CR104","index-as-value",Severity.ERROR,path,r,"no gradient","f",("pred",),Verdict.CUT,(Related(path,r,"here"),),
                  (Fix("Replace by softmax",Applicability.SAFE,(Edit(r,"softmax"),)),Fix("Unsafe",Applicability.UNSAFE,(Edit(r,"x"),)),Fix("No",Applicability.DISPLAY,(),"because"))))
        return Report(tuple(out))
    def forget(self, path): pass
out = os.fdopen(os.dup(1), "wb"); os.dup2(2, 1)
s=create_server(Marker)
s.start_io(sys.stdin.buffer,out)
