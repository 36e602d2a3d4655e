// Runs a function of the template once, as Lambda's Node runtime does. The event comes in on standard input; the code's
// folder and the handler string are in the variables that Lambda sets.
'use strict';

const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const path = require('node:path');

const event = JSON.parse(fs.readFileSync(0, 'utf8'));

// The one thing that is replaced: CDK's framework answers by https on port 443, wherever the response URL points, and the
// bucket here speaks http on a port of its own.
https.request = (options, onResponse) =>
  http.request({ ...options, port: new URL(event.ResponseURL).port }, onResponse);

const [file, name] = process.env._HANDLER.split('.');
const handler = require(path.join(process.env.LAMBDA_TASK_ROOT, file))[name];

handler(event).catch((error) => {
  console.error(error.stack);
  process.exitCode = 1;
});
