import type { EntriesOf } from './entry.ts';

/** Data from outside: HTTP bodies, wire frames, Dockerfiles, scenario files, records of runs. */
export const input = {
  'input.body': {
    means: "A request to the lab's supervisor is over 1 MiB.",
    remedy: 'Send less; a command with that much input is better put into a file on the machine.',
  },
  'input.design': {
    means: 'A design document sent to the embedded Couchbase has not the form of one.',
    remedy: 'Send {"views":{"NAME":{"map":"function (doc, meta) {...}"}}}.',
  },
  'input.dockerfile': {
    means:
      "A Dockerfile below apps/ uses what the lab's image builder does not know, copies what is not there, or is " +
      'missing.',
    remedy: 'Correct the line that the error names, or restore the file: `git checkout apps`',
  },
  'input.docs': {
    means: 'README, docs or another page of `lab docs` has a link to a file that is not there.',
    remedy: 'Correct the link in the line that the error names, or restore the file: `git checkout docs`',
  },
  'input.document-query': {
    means: 'A parameter of a list of documents has a value that cannot be.',
    remedy: 'Correct the parameter that the error names, or leave it out.',
  },
  'input.event': {
    means: 'A scenario gave its log what is no event: a note that is no text, a moment that is no number.',
    remedy: 'Correct the value that the error names; docs/scenarios.md says what each function is given.',
  },
  'input.frame': {
    means: "Something that does not speak Couchbase's key-value protocol connected to port 11210.",
    remedy: 'Connect with a Couchbase SDK (couchbase://HOST:11210); the console is on port 8091.',
  },
  'input.guide': {
    means:
      'A file of a guide is wrong: a key that is not known or not given, a step without a check, a name in braces that stands for nothing.',
    remedy: 'Correct the line that the error names; docs/guides.md has all keys and conditions.',
  },
  'input.guide-progress': {
    means: 'The file .lab-guide.json, which tells how far a guide is in this directory, cannot be read.',
    remedy: '`lab guide reset` begins anew; the lab stays as it is, and `lab guide goto STEP` goes on from a step.',
  },
  'input.history': {
    means: 'A file is no history that `npm run judge` has written: a line of it cannot be read.',
    remedy: '`npm run judge -- --seed 1 --faults 6` records one and says where it is.',
  },
  'input.image-archive': {
    means: 'A file given to `lab image load` is no archive of images, or has none with the name that was asked for.',
    remedy:
      '`docker save NAME >FILE.tar` writes one that fits; an OCI archive (`oci-archive:` of skopeo or buildah) does, too.',
  },
  'input.image-context': {
    means: 'The directory of a Dockerfile has more than a build is given: 1 GB, or 100000 files.',
    remedy: "Name the app's own directory, or list what is not wanted in a .dockerignore beside the Dockerfile.",
  },
  'input.impairment': {
    means: 'A fault cannot be made so: a rate, share or peer is out of range, or a machine is cut off from itself.',
    remedy: 'Correct the fault in the scenario; the evidence has what was asked for.',
  },
  'input.machine': {
    means:
      "The lab's supervisor was asked for a new machine that cannot be: its name, or its address, is no sound one or taken.",
    remedy: 'Correct config.rb, or [network] in lab.toml, as the error says.',
  },
  'input.json': {
    means: 'The body of a request to the embedded Couchbase is not JSON.',
    remedy: 'Send a JSON object.',
  },
  'input.map': {
    means: 'The map function of a view does not compile.',
    remedy: 'Write it as function (doc, meta) { emit(key, value); } and publish the design document again.',
  },
  'input.map-timeout': {
    means: 'A map function took too long for several documents, and the view is given up.',
    remedy: 'Look for an endless loop in it, and publish the design document again.',
  },
  'input.own-dockerfile': {
    means: "A line of a reader's Dockerfile cannot be built: no such instruction, or its step failed.",
    remedy: 'Correct the line that the error names; the evidence has the last lines that its step printed.',
  },
  'input.record': {
    means:
      'A file of a recorded run cannot be read: it was edited or damaged, or another version of the lab wrote it. The ' +
      'error names the line.',
    remedy: '`lab runs` lists the others; run the scenario again for a new record.',
  },
  'input.reduce': {
    means: 'A reduce failed: a built-in one met a value that is no number, or a function threw an error.',
    remedy: 'Emit what the reduce function can take, or query with reduce=false.',
  },
  'input.reply': {
    means: 'What answers at the fleet endpoint is not fleet.',
    remedy: 'FLEETCTL_ENDPOINT must be the address of a fleetd; `lab fleetctl` sets it by itself.',
  },
  'input.report': {
    means: 'A report.json is not of the form that this version reads.',
    remedy: '`lab runs` lists the runs that can be read; run the scenario again for a report of this version.',
  },
  'input.request': {
    means:
      "A request to the lab's supervisor is no JSON, or not of the form that its verb has; the error names the field.",
    remedy: 'After an update of the lab: `lab halt && lab up` starts a supervisor of this version. Else report it.',
  },
  'input.samples': {
    means: "A line of a run's samples.ndjson is no sample of a probe.",
    remedy: 'Remove that line, or run the scenario again.',
  },
  'input.scenario': {
    means:
      'A scenario file does not compile, throws, or its default export is not a scenario. The error names the ' +
      "reader's own line.",
    remedy:
      'Mend that line; docs/scenarios.md describes every field, and `lab scenario new NAME` writes one that works.',
  },
  'input.spec': {
    means:
      "A lab's supervisor-spec.json is not of the form that this version reads. It was edited, damaged or written by " +
      'another version; the error names the field.',
    remedy: '`lab halt && lab up` writes it anew.',
  },
  'input.data-log': {
    means:
      'A file in the data directory of the embedded Couchbase is damaged, or missing. The error names file and offset. Nothing was changed.',
    remedy: 'Restore the directory from a copy. The error says how to give up what was written after that place.',
  },
  'input.view-limit': {
    means: 'A view passed a limit of rows or memory, or its process ended again and again; the view is given up.',
    remedy:
      'Emit less in the map function, and publish the design document again; apps/couchbase/README.md has the limits.',
  },
  'input.view-query': {
    means: 'A parameter of a view query has a value that cannot be, or asks for a reduce where the view has none.',
    remedy: 'Correct the parameter that the error names, or leave it out.',
  },
  'input.upstream-image': {
    means:
      'An image that was fetched cannot be used: it is for another CPU, it is not what its digest says, or a layer cannot be unpacked. Nothing of it is kept.',
    remedy:
      '`lab up` fetches it again; another image: `image = "NAME:TAG"` in `[images.NAME]` of lab.toml; or `source = "embedded"`.',
  },
} as const satisfies EntriesOf<'input'>;
