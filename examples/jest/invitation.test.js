const { start } = require("./accord");

const member = "222222222222";
let accord;

beforeAll(async () => {
  accord = await start();
});
beforeEach(() => accord.reset());
afterAll(() => accord.stop());

async function invite() {
  await accord.register(member, "member@example.com");
  const management = accord.client();
  await management.createOrganization({});
  const { Handshake } = await management.inviteAccountToOrganization({
    Target: { Type: "EMAIL", Id: "member@example.com" },
  });
  return Handshake.Id;
}

test("a member joins", async () => {
  await accord.client(member).acceptHandshake({ HandshakeId: await invite() });
  const { Accounts } = await accord.client().listAccounts({});
  expect(Accounts.map((account) => account.Id)).toContain(member);
});

test("an invitation expires", async () => {
  const id = await invite();
  await accord.advance("15d");
  await expect(accord.client(member).acceptHandshake({ HandshakeId: id })).rejects.toMatchObject({
    name: "InvalidHandshakeTransitionException",
  });
});
