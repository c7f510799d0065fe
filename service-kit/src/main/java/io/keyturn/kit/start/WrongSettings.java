package io.keyturn.kit.start;

import java.util.List;

/** Ends the start. */
final class WrongSettings extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<Complaint> complaints;

    WrongSettings(List<Complaint> complaints) {
        super(String.valueOf(complaints));
        this.complaints = complaints;
    }

    List<Complaint> complaints() {
        return complaints;
    }
}
