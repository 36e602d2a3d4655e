// What CDK's command line shows of a custom resource that failed: its own code, which finds the function of the service token,
// its log group, and the lines in it. Standard input is {template, resource, names, logs}: a template, the logical id of the
// custom resource, the physical name of each resource by its logical id, and the lines of each log group by its name.
'use strict';

const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');

const { template, resource, names, logs } = JSON.parse(fs.readFileSync(0, 'utf8'));

// The package exports its program only, so what is looked for is handed out from within.
const file = path.resolve(__dirname, '../../../node_modules/aws-cdk/lib/index.js');
const cli = new Module(file);
cli.filename = file;
cli.paths = Module._nodeModulePaths(path.dirname(file));
cli._compile(
  fs.readFileSync(file, 'utf8') +
    '\nmodule.exports = { investigateCustomResource, init: init_investigate_custom_resource };',
  file,
);
cli.exports.init();

// The AWS SDK, as far as it is asked.
const sdk = {
  currentRegion: 'eu-central-1',
  cloudFormation: () => ({
    getTemplate: async () => ({ TemplateBody: JSON.stringify(template) }),
    describeStackResources: async ({ LogicalResourceId }) => ({
      StackResources: [
        {
          PhysicalResourceId: names[LogicalResourceId],
          ResourceType: template.Resources[LogicalResourceId].Type,
        },
      ],
    }),
  }),
  lambda: () => ({
    getFunctionConfiguration: async () => {
      throw new Error('not allowed');
    },
  }),
  cloudWatchLogs: () => ({
    // CloudWatch gives the oldest ones first.
    filterLogEvents: async ({ logGroupName, limit }) => {
      if (!(logGroupName in logs)) {
        throw new Error(`There is no log group '${logGroupName}'`);
      }
      return { events: logs[logGroupName].slice(0, limit).map((message) => ({ message })) };
    },
  }),
};

cli.exports
  .investigateCustomResource({ logicalId: resource, stackArn: 'stack', timestamp: new Date() }, sdk, async () => {})
  .then((shown) => {
    fs.writeSync(1, JSON.stringify(shown.flatMap((part) => part.messages)));
    process.exit(0);
  });
