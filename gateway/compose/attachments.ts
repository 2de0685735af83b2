import { join } from "node:path";
import { FolderFiles } from "../directory/file/folder-files.ts";
import { sharedSecret } from "../directory/file/shared-secret.ts";
import type { Access, AccessParts } from "../messaging/access.ts";
import { Attachments } from "../messaging/attachments.ts";
import { fileCheck } from "../messaging/file-check.ts";
import { FileLinks } from "../messaging/file-links.ts";
import type { Frame } from "./frame.ts";

const dayMs = 86_400_000;
const secretFile = "files.secret";

/** Files of messages, in the folder that nodes share or in the state directory. */
export function buildAttachments(frame: Frame, access: Access, { conversations }: AccessParts): Attachments {
  const { config, clock, log } = frame;
  const { folder, maxMegabytes, types, linkLife, uploadLife, checkUrl, checkSecret } = config.files;
  const { publicUrl } = config.http;
  return new Attachments({
    conversations,
    access,
    clock,
    log,
    files: new FolderFiles(folder ?? join(config.stateDir, "files")),
    links: new FileLinks(secretOf(frame), () => clock.now()),
    settings: {
      ...{ types, linkLife, uploadLife },
      maxBytes: maxMegabytes * 1_048_576,
      age: config.messages.retention * dayMs,
      ...(publicUrl !== undefined && { publicUrl: publicUrl.replace(/\/$/, "") }),
    },
    ...(checkUrl !== undefined &&
      checkSecret !== undefined && {
        check: fileCheck(
          {
            ...{ url: checkUrl, secret: checkSecret },
            timeout: config.files.checkTimeout,
            otherwise: config.files.checkOtherwise,
          },
          clock,
          log,
        ),
      }),
  });
}

/** Kept for who comes after a gateway that was killed: the links of open pages still hold then. */
function secretOf({ config, dir, later }: Frame): string {
  if (config.files.folder !== undefined) return sharedSecret(config.files.folder);
  later(() => dir.remove(secretFile));
  return dir.secret(secretFile);
}
