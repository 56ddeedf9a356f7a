from django.db import migrations

# One statement adds its traces to the list of the sealer, in the transaction of the deed. The
# function runs as its owner: who leaves a trace needs no right on the list.
CHAINED = """
CREATE FUNCTION queue_traces_for_the_seal() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    EXECUTE format('INSERT INTO %I.foundation_unsealed SELECT id FROM added', TG_TABLE_SCHEMA);
    RETURN NULL;
END $$;
CREATE TRIGGER traces_are_sealed AFTER INSERT ON foundation_trace
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION queue_traces_for_the_seal();
CREATE TRIGGER seals_last BEFORE UPDATE OR DELETE ON foundation_seal
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_a_trace();
INSERT INTO foundation_unsealed SELECT id FROM foundation_trace;
"""
NOT_CHAINED = """
DROP TRIGGER seals_last ON foundation_seal;
DROP TRIGGER traces_are_sealed ON foundation_trace;
DROP FUNCTION queue_traces_for_the_seal;
"""


class Migration(migrations.Migration):
    dependencies = [("foundation", "0003_signed_traces")]

    operations = [migrations.RunSQL(CHAINED, NOT_CHAINED)]
