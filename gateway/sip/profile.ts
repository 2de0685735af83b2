import { Type, type Static } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { CodedError } from "../base/errors.ts";

/** A file in sip-profiles is not what this schema says. */
export class ProfileError extends CodedError<"bad-profile"> {}

/** How one kind of network wants SIP: one data file each in sip-profiles/, every quirk with its reason. */
export const ProfileSchema = Type.Object(
  {
    name: Type.String(),
    /** RTP in the clear, or SDES-SRTP (RFC 4568). */
    media: Type.Union([Type.Literal("rtp"), Type.Literal("srtp")]),
    /** What is offered; `follow` is what the other side has. */
    codecs: Type.Union([
      Type.Literal("follow"),
      Type.Array(
        Type.Union(["opus", "G722", "PCMA", "PCMU", "AMR", "AMR-WB"].map((name) => Type.Literal(name as "PCMA"))),
      ),
    ]),
    number: Type.Optional(
      Type.Object({
        /** `e164-plus`: +331…; `e164`: 331…; `as-dialled`: untouched. */
        format: Type.Union([Type.Literal("e164-plus"), Type.Literal("e164"), Type.Literal("as-dialled")]),
        /** Put before the formatted number, such as a carrier access code. */
        prefix: Type.Optional(Type.String({ pattern: "^[0-9*#+]*$" })),
      }),
    ),
    /** Phones that do not get on with the usual challenges (RFC 8760: SHA-256, then MD5). The first that fits counts. */
    digestQuirks: Type.Optional(
      Type.Array(
        Type.Object({
          /** Regular expression on User-Agent. */
          userAgent: Type.String({ minLength: 1, maxLength: 200 }),
          algorithms: Type.Array(Type.Union([Type.Literal("SHA-256"), Type.Literal("MD5")]), { minItems: 1 }),
        }),
      ),
    ),
    /** Add P-Asserted-Identity (RFC 3325) with the caller. */
    assertIdentity: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type Profile = Static<typeof ProfileSchema>;

/** The digest algorithms that a phone is challenged with, in order of preference. */
export function digestAlgorithmsFor(profile: Profile, userAgent: string): readonly ("SHA-256" | "MD5")[] {
  const quirk = profile.digestQuirks?.find((row) => new RegExp(row.userAgent, "i").test(userAgent));
  return quirk?.algorithms ?? ["SHA-256", "MD5"];
}

/** @throws ProfileError naming the file and the field */
export function checkProfile(value: unknown, file: string): Profile {
  if (Value.Check(ProfileSchema, value)) return value;
  const first = Value.Errors(ProfileSchema, value).First();
  throw new ProfileError("bad-profile", `${file}: ${first?.path ?? ""} ${first?.message ?? "is wrong"}`);
}
