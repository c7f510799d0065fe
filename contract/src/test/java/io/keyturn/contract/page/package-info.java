/** Reference pages and the AsyncAPI document, made from the contract. */
@NullMarked
package io.keyturn.contract.page;

import org.jspecify.annotations.NullMarked;
