package io.keyturn.rotation.policy;

import java.util.List;

import io.keyturn.contract.reference.ObjectRef;

/**
 * What the reader of a publication has to say.
 *
 * @param faults of its branch
 * @param secrets the Secrets that consumers read in the end, whoever writes them and in whatever namespace
 */
public record PublicationFacts(List<Fault> faults, List<ObjectRef> secrets) {}
