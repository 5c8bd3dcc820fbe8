// The extension in a real extension host.
import test from 'node:test';
import { runSuite } from './host.mjs';

const programs = ['losses.py', 'training.py'];

test('editing', (t) => runSuite(t, 'editing', { programs }));

test('choice of the Python', (t) =>
  runSuite(t, 'environments', {
    programs,
    standIns: ['environments', 'python'],
    settings: { 'chainrule.interpreter': '' },
  }));

test('untrusted workspace', (t) => runSuite(t, 'untrusted', { programs, trusted: false }));
