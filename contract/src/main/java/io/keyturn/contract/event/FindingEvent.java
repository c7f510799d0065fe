package io.keyturn.contract.event;

/** Facts of topic {@code keyturn.findings.v1}: problems observed and gone again. */
public sealed interface FindingEvent extends Event permits FindingRaised, FindingCleared {}
