import { describeAccounts } from "../../support/accounts-contract.ts";
import { MemoryAccounts } from "../../../gateway/directory/memory/memory-accounts.ts";

describeAccounts("in memory", async (domains, accounts) => new MemoryAccounts(domains, accounts));
