// Cases that the dummy cannot pass, by parts of their titles.

export const SKIPPED: readonly string[] = [
  // What is not registered is not refused.
  'Q-11',
  'nothing to do keeps no idle worker',
  'PROC-25 a subclass that is not registered',
  'what cannot travel is refused by start',
  'a result that cannot travel rejects',
  'CONN-34',
  'a start that fails leaves nothing',
  'a refusal names what was given to the call',
  'POOL-68',
  'a function that is not registered is refused',
  'a call that is never sent holds nothing',
  'a list sorts, with a registered comparator',
  'many strings are copied at the call',
  'what is refused on its way back',
  'what cannot travel is refused, naming its path',
  'MGR-56',
  'a factory that is not registered',
  'what cannot travel is refused by its path',
  // What a process runs blocks its thread, or computes until it is ended: here that is the only one.
  'PROC-09',
  'a pool of a process takes what its parent',
  'terminate ends a child also where',
  'SENT-01',
  'PROC-13',
  'holds it all the time but for an instant',
  'LIS-19 a listener that ends or closes',
  // There is no page here, and no worker whose modules are loaded.
  'PROC-46',
  'a pipe made while the modules',
  // The build gives classes other names.
  'PROC-25 an instance of a subclass travels',
  // What cannot be done here to a worker: to close itself, and to replace it after so many tasks.
  'POOL-28 POOL-64',
  'POOL-56',
  'shared objects come back as results',
  'an end of a pipe is held by the worker',
  'it costs nobody its turn where workers die',
  'a task is known by the name',
  // After an await nobody knows whose step it is.
  'WAIT-01',
  'MGR-74 DMN-08',
  'proxies by message nest',
  // Node has no Web Locks and other channels, by which the case looks at what there is.
  'LIS-01',
  'LIS-22 a client that died',
  'nothing is left behind: no lock',
  'LIS-16 the listener asks first',
  // The modules of all processes are the same.
  'BAR-03 the action runs once',
  'BAR-03 an action that throws',
  'POOL-32',
  'PROC-32',
  'MGR-58',
];
