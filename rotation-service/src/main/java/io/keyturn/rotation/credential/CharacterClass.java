package io.keyturn.rotation.credential;

/** The classes by which password rules count characters; each character of ASCII that can be seen is in one of them. */
public enum CharacterClass {
    LOWER("abcdefghijklmnopqrstuvwxyz"),
    UPPER("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    DIGITS("0123456789"),
    SYMBOLS("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~");

    private final String characters;

    CharacterClass(String characters) {
        this.characters = characters;
    }

    public String characters() {
        return characters;
    }

    public boolean has(int character) {
        return characters.indexOf(character) >= 0;
    }
}
