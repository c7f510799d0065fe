package io.keyturn.audit.query;

/** In which direction of the chain pages go. */
enum Order {
    NEWEST("newest", "<", "desc"),
    OLDEST("oldest", ">", "asc");

    private final String parameter;
    private final String beyond;
    private final String direction;

    Order(String parameter, String beyond, String direction) {
        this.parameter = parameter;
        this.beyond = beyond;
        this.direction = direction;
    }

    /** As the caller writes it. */
    String parameter() {
        return parameter;
    }

    /** How the number of a later item of a page compares to an earlier one's. */
    String beyond() {
        return beyond;
    }

    String direction() {
        return direction;
    }
}
