package io.keyturn.kit.start;

import java.util.List;

/** What the settings of a service must be like together; a bean of the service that has them, asked before anything else begins. */
@FunctionalInterface
public interface SettingsRule {
    /** Everything that is wrong; empty if nothing is. */
    List<Complaint> complaints();
}
