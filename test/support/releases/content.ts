import { connect } from "../../../webclient/index.ts";
import { FrameClient } from "../frame-client.ts";
import { domain, type TestGateway } from "../gateway.ts";
import { librarySession, NodePlatform } from "../library-session.ts";
import { until } from "../until.ts";

const user = (name: string) => ({ user: `${name}@${domain}` });

/**
 * Fills a gateway with one of everything that it keeps in Redis, and leaves Bob's session without its page: when the
 * gateway is stopped it waits there, with an event that the page has not seen.
 */
export async function writeContent(gateway: TestGateway): Promise<void> {
  const { session: alice } = await librarySession(gateway, "alice");
  const platform = new NodePlatform(gateway.wsUrl);
  const bob = await connect({ platform, ...user("bob"), groups: ["sales"], watch: ["sales"], userData: { desk: 7 } });
  await bob.presence.setStatus("busy", "Report");

  const sent = [];
  for (const text of ["one", "two", "three", "four"]) sent.push(await alice.messages.send(user("bob"), text));
  const [, second, third] = sent;
  if (!second || !third) throw new Error("not sent");
  await alice.messages.edit(second, "two, edited");
  await alice.messages.remove(third);
  await until("what came", () => bob.messages.view().unread >= 3);
  await bob.messages.markRead({ of: user("alice"), number: second.number });
  await bob.messages.send(user("alice"), "five");
  const { group } = await alice.messages.createGroup("Team", [user("bob").user, user("carol").user]);
  await bob.messages.answerInvitation(group, true);
  await alice.messages.send({ group }, "Welcome");

  await alice.contacts.put({ contactId: "zoe", name: "Zoë", targets: [{ target: { tel: "+33186260014" } }] });
  const page = await FrameClient.signedIn(gateway, "alice");
  await page.ended(await page.call(user("dave")));
  await until("the call in the list", async () => (await alice.calls.history()).length === 1);
  await page.close();

  platform.drop();
  await until("that Bob is away", async () => (await gateway.metrics())["offhook_sessions_away"] === 2);
  await alice.data.send(user("bob"), { kept: "for the page that comes back" });
  await alice.close();
}
