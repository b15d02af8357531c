// Hands the answer on. Where scripts are off, the button does the same.
document.forms[0].submit();
