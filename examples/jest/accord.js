// Runs Accord for tests: an AWS Organizations on free ports, with a clock that only tests
// move. It needs the program accord on the PATH or named by the variable ACCORD.
const { spawn } = require("node:child_process");
const { createInterface } = require("node:readline");
const { Organizations } = require("@aws-sdk/client-organizations");

const management = "111111111111";

// start starts a server and resolves when it answers.
async function start() {
  const server = spawn(
    process.env.ACCORD ?? "accord",
    ["serve", "--store", "memory", "--clock", "virtual", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const ended = new Promise((resolve, reject) => {
    server.on("error", reject);
    server.on("exit", resolve);
  });
  // It prints a script for a shell, with "# ready" as the last line.
  const variables = {};
  const ready = (async () => {
    for await (const line of createInterface({ input: server.stdout })) {
      const [, name, value] = line.match(/^export (\w+)=(.*)$/) ?? [];
      if (name) variables[name] = value;
      if (line.startsWith("# ready")) return;
    }
    throw new Error(`accord ended with status ${await ended}`);
  })();
  await Promise.race([ready, ended.then(() => ready)]);

  // admin calls the admin API.
  async function admin(method, path, body) {
    const response = await fetch(variables.ACCORD_ADMIN + path, { method, body: body && JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return response.json();
  }

  return {
    // client returns a client that calls as the root user of an account.
    client: (account = management) =>
      new Organizations({
        endpoint: variables.AWS_ENDPOINT_URL_ORGANIZATIONS,
        region: "us-east-1",
        credentials: { accessKeyId: account, secretAccessKey: "anything" },
      }),
    // variables are those of a program under test: its AWS clients call this server.
    variables,
    register: (id, email) => admin("POST", "/accounts", { id, email }),
    // advance moves the clock, e.g. by "15d". What becomes due on the way has happened
    // after it.
    advance: (by) => admin("POST", "/clock", { advance: by }),
    reset: () => admin("POST", "/reset"),
    admin,
    stop: async () => {
      server.kill();
      await ended;
    },
  };
}

module.exports = { start };
