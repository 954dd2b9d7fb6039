/** Between the published messages of the protocol and the records of our test server. */
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import gossip from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_pb.js';
import shared from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb.js';
import rpcStatus from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/status_pb.js';
import streams from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import timestamp from 'google-protobuf/google/protobuf/timestamp_pb.js';
import { ANY, NO_STREAM, type Proposed, STREAM_EXISTS, type Stored } from './database.ts';

export const UNKNOWN_POSITION = (2n ** 64n - 1n).toString();

export function uuidText(uuid: shared.UUID | undefined): string {
  const structured = uuid?.getStructured();
  if (structured === undefined) return uuid?.getString() ?? '';
  const hex = (bits: string) => BigInt.asUintN(64, BigInt(bits)).toString(16).padStart(16, '0');
  const [most, least] = [hex(structured.getMostSignificantBits()), hex(structured.getLeastSignificantBits())];
  return `${most.slice(0, 8)}-${most.slice(8, 12)}-${most.slice(12)}-${least.slice(0, 4)}-${least.slice(4)}`;
}

function uuidOf(text: string, structured: boolean): shared.UUID {
  const uuid = new shared.UUID();
  if (!structured) return uuid.setString(text);
  const digits = text.replaceAll('-', '');
  const bits = (hex: string) => BigInt.asIntN(64, BigInt(`0x${hex}`)).toString();
  const value = new shared.UUID.Structured();
  value.setMostSignificantBits(bits(digits.slice(0, 16))).setLeastSignificantBits(bits(digits.slice(16)));
  return uuid.setStructured(value);
}

export function nameOf(identifier: shared.StreamIdentifier | undefined): string {
  return Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');
}

export function identifierOf(name: string): shared.StreamIdentifier {
  return new shared.StreamIdentifier().setStreamName(Buffer.from(name, 'utf8'));
}

/** Of an append, a delete or a tombstone: they differ in the names of two members. */
interface Expecting {
  hasNoStream(): boolean;
  hasAny(): boolean;
  hasStreamExists(): boolean;
}

export function expectedOf(options: Expecting, exact: string): bigint {
  if (options.hasNoStream()) return NO_STREAM;
  if (options.hasAny()) return ANY;
  return options.hasStreamExists() ? STREAM_EXISTS : BigInt(exact);
}

export function proposedOf(
  message: streams.AppendReq.ProposedMessage | streams.BatchAppendReq.ProposedMessage,
): Proposed {
  const metadata = message.getMetadataMap();
  return {
    id: uuidText(message.getId()),
    type: metadata.get('type') ?? '',
    json: metadata.get('content-type') === 'application/json',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

export function readEvent(event: Stored, structured: boolean): streams.ReadResp {
  const recorded = new streams.ReadResp.ReadEvent.RecordedEvent();
  recorded.setId(uuidOf(event.id, structured)).setStreamIdentifier(identifierOf(event.stream));
  recorded.setStreamRevision(event.revision.toString());
  recorded.setCommitPosition(event.position.toString()).setPreparePosition(event.position.toString());
  recorded.setData(event.data).setCustomMetadata(event.metadata);
  const metadata = recorded.getMetadataMap();
  metadata.set('type', event.type).set('created', event.created);
  metadata.set('content-type', event.json ? 'application/json' : 'application/octet-stream');
  const read = new streams.ReadResp.ReadEvent().setEvent(recorded).setCommitPosition(event.position.toString());
  return new streams.ReadResp().setEvent(read);
}

export function notFound(stream: string): streams.ReadResp {
  const absent = new streams.ReadResp.StreamNotFound().setStreamIdentifier(identifierOf(stream));
  return new streams.ReadResp().setStreamNotFound(absent);
}

export function confirmation(id: string): streams.ReadResp {
  const confirmed = new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(id);
  return new streams.ReadResp().setConfirmation(confirmed);
}

export function checkpoint(position: bigint): streams.ReadResp {
  const reached = new streams.ReadResp.Checkpoint();
  reached.setCommitPosition(position.toString()).setPreparePosition(position.toString());
  reached.setTimestamp(now());
  return new streams.ReadResp().setCheckpoint(reached);
}

export function caughtUp(): streams.ReadResp {
  return new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp().setTimestamp(now()));
}

function now(): timestamp.Timestamp {
  return timestamp.Timestamp.fromDate(new Date());
}

export function batchDone(revision: bigint, position: bigint): streams.BatchAppendResp {
  const done = new streams.BatchAppendResp.Success().setCurrentRevision(revision.toString());
  const at = new shared.AllStreamPosition();
  at.setCommitPosition(position.toString()).setPreparePosition(position.toString());
  return new streams.BatchAppendResp().setSuccess(done.setPosition(at));
}

/** What is wrong with one append of a batch, in the words of the server. */
export function batchRefused(
  message: string,
  name: string,
  detail: { serializeBinary(): Uint8Array },
): streams.BatchAppendResp {
  const details = new any.Any();
  details.pack(detail.serializeBinary(), `event_store.client.${name}`);
  return new streams.BatchAppendResp().setError(new rpcStatus.Status().setMessage(message).setDetails(details));
}

export function wrongVersion(current: bigint): shared.WrongExpectedVersion {
  const wrong = new shared.WrongExpectedVersion();
  return current < 0n ? wrong : wrong.setCurrentStreamRevision(current.toString());
}

/** An error of a whole call, with the server's own name for it. */
export function failed(code: status, details: string, more: Readonly<Record<string, string>> = {}): ServiceError {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(more)) metadata.set(name, value);
  return Object.assign(new Error(details), { code, details, metadata });
}

export function accessDenied(): ServiceError {
  return failed(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });
}

export function notLeader(host: string, port: number): ServiceError {
  return failed(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': host,
    'leader-endpoint-port': String(port),
  });
}

export interface Member {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly leads: boolean;
  readonly alive: boolean;
}

export function clusterOf(members: readonly Member[]): gossip.ClusterInfo {
  const cluster = new gossip.ClusterInfo();
  for (const { id, host, port, leads, alive } of members) {
    const member = new gossip.MemberInfo().setInstanceId(uuidOf(id, true)).setIsAlive(alive);
    const state = gossip.MemberInfo.VNodeState;
    member.setState(leads ? state.LEADER : state.FOLLOWER).setTimeStamp(`${BigInt(Date.now()) * 10_000n}`);
    cluster.addMembers(member.setHttpEndPoint(new gossip.EndPoint().setAddress(host).setPort(port)));
  }
  return cluster;
}
