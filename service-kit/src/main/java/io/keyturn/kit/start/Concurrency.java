package io.keyturn.kit.start;

import org.eclipse.microprofile.config.spi.Converter;

/** Reads how many things are done at once: 1 to {@value #MOST}. */
public final class Concurrency implements Converter<Integer> {
    private static final long serialVersionUID = 1;
    private static final int MOST = 1000;

    @Override
    public Integer convert(String value) {
        int number = parse(value);
        if (number < 1 || number > MOST) {
            throw new IllegalArgumentException("Concurrency must be a whole number from 1 to " + MOST);
        }
        return number;
    }

    private static int parse(String value) {
        try {
            return Integer.parseInt(value.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("Expected an integer", e);
        }
    }
}
