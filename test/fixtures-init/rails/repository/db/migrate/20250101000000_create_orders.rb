class CreateOrders < ActiveRecord::Migration[8.0]
end
